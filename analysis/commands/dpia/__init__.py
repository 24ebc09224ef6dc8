"""What a data protection officer needs to know, collected from the configuration in force."""
