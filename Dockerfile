# One image for the five services; the command says which. No key, no register and no data is in it: they are mounted.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# What draws the PDF of a release, and its typeface.
RUN apt-get -q update \
    && apt-get -q -y install --no-install-recommends fonts-liberation libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

# The lock file alone first: a change of code does not install everything anew.
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

# What the services need, and no more: an agency's tools, tests, the demo and the benchmarks stay outside.
COPY models/ models/
COPY analysis/ analysis/
COPY streams/ streams/
COPY consumers/ consumers/
COPY dashboards/ dashboards/
# Compiled here, because the services run on a read-only root; readable, whatever the checkout's own modes are.
RUN python -m compileall -q models analysis streams consumers dashboards \
    && chmod -R a+rX,go-w . \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ypsem \
    # A worker's volume is mounted here, and gets this mode: whoever runs the worker may write. One worker has one.
    && install --directory --mode 1777 /var/lib/ypsem

# A number, so that an orchestrator can see that it is not root. The compose file sets the owner of the key files instead.
USER 10001:10001

CMD ["python", "-m", "streams", "--help"]
