"""What operations do to records and topics by command: skip, resume, redrive, and say of gaps that they are closed."""
