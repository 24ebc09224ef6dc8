"""At the agency: read an export, refuse identifiers, generalise, pseudonymise, publish, spool."""
