"""An encrypted copy, off the brokers, of the state that Kafka alone holds (ADR 0010)."""
