"""What every service runs beside its own work, the agencies' included: its health port."""
