"""How often what the service concludes is false, and what it finds: invented boards with and without something planted."""
