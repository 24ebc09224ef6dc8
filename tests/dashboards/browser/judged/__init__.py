"""Every page in every role, judged from outside: what people without a mouse, a large screen or good sight get."""
