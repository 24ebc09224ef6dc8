"""How often what the service concludes is false, and what it finds: on invented boards, with and without plants."""
