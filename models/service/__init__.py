"""What every process uses besides its own work: clock, files, keys, TLS, settings, logs, errors, health port.

It knows neither events nor figures. The agency kit ships it, so it needs no stream tier, no
database and no Kafka client.
"""
