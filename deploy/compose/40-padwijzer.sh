#!/bin/sh
# Fills in deploy/nginx/padwijzer.conf for compose.yaml; the image of nginx runs it before it starts.
set -eu
sed -e "s|<padwijzer.example.nl>|${DOMAIN}|g" \
    -e 's|</etc/ssl/padwijzer/fullchain.pem>|/etc/ssl/padwijzer/fullchain.pem|' \
    -e 's|</etc/ssl/padwijzer/privkey.pem>|/etc/ssl/padwijzer/privkey.pem|' \
    -e 's|127\.0\.0\.1:8000|172.30.8.11:8000|' \
    -e 's|127\.0\.0\.1:8001|172.30.8.12:8000|' \
    /etc/padwijzer/padwijzer.conf > /etc/nginx/conf.d/default.conf
