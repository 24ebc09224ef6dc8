"""What a data protection officer needs to know, worked out from the configuration that is in force."""
