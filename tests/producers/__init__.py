"""Producers in any language: the published contract, the worked producers and the conformance kit."""
