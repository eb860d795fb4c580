# The image of Analects:  docker build -t analects .   ·   without meaning:  docker build --target slim -t analects:slim .
# BASE is an image with CPython 3.11, 3.12 or 3.13 as `python3`, its venv and pip, on glibc. To pin it to the byte, give a digest:
# --build-arg BASE=python:3.13-slim-trixie@sha256:…   VERSION is written on the image: --build-arg VERSION="$(.ci/version)"
ARG BASE=docker.io/library/python:3.13-slim-trixie


# Every wheel once: of the dependencies as locked, of the project as it stands here.
FROM ${BASE} AS wheels
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
# hadolint ignore=DL3008
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY container/build.lock container/run.lock container/
RUN python3 -m venv /tools && /tools/bin/pip install --require-hashes --only-binary :all: -r container/build.lock \
 && /tools/bin/pip wheel --require-hashes --only-binary :all: -w /wheels -r container/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY corpus corpus
COPY bot bot
COPY adapters adapters
RUN /tools/bin/pip wheel --no-index --no-deps --no-build-isolation -w /wheels .


# What the image gets: an environment without pip.
FROM wheels AS installed
ENV PYTHONPYCACHEPREFIX=/opt/analects/bytecode
COPY container/finish.py container/
RUN python3 -m venv --without-pip /opt/analects \
 && /tools/bin/pip --python /opt/analects/bin/python3 install --no-index --no-deps --no-compile /wheels/*.whl \
 && /opt/analects/bin/python3 container/finish.py /opt/analects corpus bot adapters aiosqlite alembic.command \
      anyio.abc anyio._backends._asyncio anyio.streams.memory anyio.to_thread charset_normalizer.api concurrent.futures.process \
      encodings.ascii fasttext multiprocessing.spawn rapidfuzz.distance rapidfuzz.process rich.progress \
      slack_bolt.listener_matcher.async_builtins stop_words tzdata watchfiles.main


# The same with the extras `meaning`, `onnx`, `mcp` and `pictures`, with fonts for pictures (FONTS: packages of Debian; fonts-noto-cjk has
# Chinese, Japanese and Korean), and with the model `english`: taken from container/models/english, else fetched from MODEL_URL, each
# file known by its SHA-256. Where neither has it the image goes without (`builtin` is always there), unless it is
# --build-arg ENGLISH=required.
FROM installed AS installed-extras
ARG FONTS=fonts-dejavu-core
# hadolint ignore=DL3008
RUN apt-get update && mkdir -p /usr/share/fonts \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${FONTS} && rm -rf /var/lib/apt/lists/*
COPY container/extras.lock container/
RUN /tools/bin/pip wheel --require-hashes --only-binary :all: -w /wheels-extras -r container/extras.lock \
 && /tools/bin/pip --python /opt/analects/bin/python3 install --no-index --no-deps --no-compile /wheels-extras/*.whl \
 && /opt/analects/bin/python3 container/finish.py /opt/analects adapters onnxruntime.capi.onnxruntime_pybind11_state PIL.Image \
      PIL.PngImagePlugin resvg_py sentencepiece threadpoolctl tokenizers
ARG ENGLISH=wanted
ARG MODEL_URL=https://huggingface.co/
COPY container/add_english.py container/
COPY container/models container/models
RUN /opt/analects/bin/python3 container/add_english.py container/models/english "$MODEL_URL" "$ENGLISH"


# The frame of every target: who it runs as, where it reads and writes, how it is asked and told to stop.
FROM ${BASE} AS frame
ARG VERSION=unreleased
RUN groupadd --gid 10001 analects \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /state --shell /usr/sbin/nologin analects \
 && install -d -o 10001 -g 10001 /state && install -d /notes
ENV PATH=/opt/analects/bin:$PATH HOME=/state LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPYCACHEPREFIX=/opt/analects/bytecode CORPUS_PATH=/notes STATE_PATH=/state HTTP_HOST=0.0.0.0
LABEL org.opencontainers.image.title="analects" \
      org.opencontainers.image.description="A chat assistant for Slack and Discord that answers from your reading highlights, word for word" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /
USER 10001:10001
VOLUME ["/state"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 CMD ["analects", "health"]
ENTRYPOINT ["analects"]
CMD ["run"]


# Words alone.
FROM frame AS slim
COPY --from=installed /opt/analects /opt/analects


# The last target is the default one.
FROM frame AS analects
COPY --from=installed-extras /usr/share/fonts /usr/share/fonts
COPY --from=installed-extras /opt/analects /opt/analects
