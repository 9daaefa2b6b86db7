#!/bin/sh
# Puts together what an image or a machine needs to run Winnow: the packed product, what it depends on as locked, and a list of both.
# Run from the root of a checkout, after `npm run build`: sh deploy/image/assemble.sh FOLDER, where FOLDER is new or empty.
set -eu
folder=${1:?give the folder to fill}

mkdir -p "$folder"
packed=$(npm pack --silent --pack-destination "$folder")
tar -xzf "$folder/$packed" -C "$folder" --strip-components=1
rm "$folder/$packed"
cp package-lock.json .npmrc "$folder"
cd "$folder"
npm ci --silent --omit=dev --prefer-offline

# onnxruntime brings a library for every system: only this one's is ever loaded.
system=$(node -p 'process.platform + "/" + process.arch')
for library in node_modules/onnxruntime-node/bin/napi-*/*/*; do
  case $library in */"$system") ;; *) rm -r "$library" ;; esac
done
# The same tables of addresses in another notation, which nothing reads.
rm node_modules/@ip-location-db/*/*-num.csv
# For debuggers and compilers alone: Node runs no TypeScript of a package.
find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

# What it was built and tested with is not here, and no part of the list.
npm pkg delete devDependencies scripts
npm sbom --sbom-format cyclonedx --sbom-type application --omit dev >sbom.cdx.json
rm package-lock.json .npmrc
