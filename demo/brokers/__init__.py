"""Brokers that a run or a test starts for itself: the embedded one, and real Apache Kafka."""
