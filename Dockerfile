# The portal's image, built from the same lock files as a checkout.
FROM python:3.13-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY pyproject.toml uv.lock package.json package-lock.json ./
# The set-up's own tools (fonts, npm) come first and are left behind at the end.
RUN python -m venv .venv \
 && .venv/bin/pip install --quiet "$(grep -o 'uv==[0-9.]*' pyproject.toml)" \
 && .venv/bin/uv sync --frozen --no-group dev
COPY . .
RUN .venv/bin/python setup/assets.py \
 && mv .park/fonts /app/fonts && rm -rf .park node_modules \
 && .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && cp .venv/bin/uv /usr/local/bin/uv \
 && uv sync --frozen --no-default-groups

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 portal && install -d -o portal -g portal /var/lib/portal/media
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PORTAL_MODE=production \
    MEDIA_ROOT=/var/lib/portal/media PDF_FONT_DIR=/app/fonts
USER portal
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "1", "park_portal.wsgi:application"]
