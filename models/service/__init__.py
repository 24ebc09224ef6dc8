"""What every process of ours uses beside its own work: clock, files, keys, TLS, settings, logs, errors, health port.

It knows nothing of that work: neither events nor figures. The agency kit ships it, so it needs no stream tier, no
database and no Kafka client.
"""
