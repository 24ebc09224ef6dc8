"""JSON Schema and AsyncAPI documents generated from the models, so that anyone can write a producer."""
