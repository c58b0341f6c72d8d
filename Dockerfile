# One process without a shell, as user 10001, writing nowhere but /var/lib/reminders.
# The tree lies in /app as in the repository; both stages need the same base, whose python the venv links to.
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
RUN python -m venv --without-pip /opt/venv
WORKDIR /app
COPY requirements.lock ./
RUN --mount=type=cache,target=/var/cache/pip \
    PIP_CACHE_DIR=/var/cache/pip python -m pip --python /opt/venv/bin/python install --no-compile \
    --require-hashes --only-binary :all: --no-deps -r requirements.lock
COPY LICENSE run.py ./
COPY reminders/ reminders/
COPY templates/ templates/
COPY config/ config/
# A checkout may be private to its owner, the image's user is someone else. The bytecode leaves out docstrings, which
# would take 4 MiB of memory; Python's own library comes without any in the official image.
RUN chmod -R u=rwX,go=rX /app \
    && PYTHONPYCACHEPREFIX=/opt/bytecode /opt/venv/bin/python -m compileall -q -j 0 -o 2 \
    --invalidation-mode unchecked-hash -x '/(test|tests|idlelib|ensurepip|turtledemo|(site|dist)-packages/pip)/' \
    "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" /opt/venv/lib /app

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 reminders \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/reminders --shell /usr/sbin/nologin reminders \
    && install -d -o 10001 -g 10001 -m 0750 /var/lib/reminders
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/bytecode /opt/bytecode
COPY --from=build /app /app
COPY --from=build /app/config /etc/reminders
WORKDIR /app
# Temporary files go where alone it may write.
ENV PATH=/opt/venv/bin:$PATH \
    TMPDIR=/var/lib/reminders \
    MALLOC_ARENA_MAX=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONOPTIMIZE=2 \
    PYTHONPYCACHEPREFIX=/opt/bytecode \
    REMINDERS_NO_BOOTSTRAP=1 \
    REMINDERS_CONFIG=/etc/reminders \
    REMINDERS_STATE_DIR=/var/lib/reminders \
    REMINDERS_STATUS_ADDRESS=0.0.0.0:8080
USER 10001:10001
VOLUME /var/lib/reminders
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --start-interval=2s --retries=3 CMD ["python", "run.py", "health"]
ENTRYPOINT ["python", "run.py"]
CMD ["serve"]

# Last, so that another version leaves the layers above as they are.
ARG PYTHON_IMAGE
ARG BASE_DIGEST=""
ARG VERSION=development
ARG REVISION=""
ARG CREATED=""
ARG SOURCE=""
ARG DOCUMENTATION=""
ENV REMINDERS_REVISION=${REVISION}
LABEL org.opencontainers.image.title="reminders" \
    org.opencontainers.image.description="E-mails the leads of a safeguarding board's business plan as their deadlines approach" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.created="${CREATED}" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.documentation="${DOCUMENTATION}" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.vendor="the reminders authors" \
    org.opencontainers.image.base.name="${PYTHON_IMAGE}" \
    org.opencontainers.image.base.digest="${BASE_DIGEST}"
