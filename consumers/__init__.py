"""Consumers: what carries the stream tier's output from Kafka into SQL, and reviewers' requests back."""
