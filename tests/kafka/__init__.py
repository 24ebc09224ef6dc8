"""The pipeline on real Apache Kafka: end to end, other clients, killed workers."""
