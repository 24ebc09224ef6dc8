"""Builds the zip that an agency installs: `agencies`, the contract, a small hashed lock and a README."""
