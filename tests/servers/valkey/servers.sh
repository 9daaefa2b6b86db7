#!/bin/sh
# Starts one Valkey server for each directory of data, in the foreground as a group. Each directory holds valkey.conf.
# $1: the server program; $2 …: the directories.
set -eu
program=$1
shift
for directory in "$@"; do
  (cd "$directory" && exec "$program" ./valkey.conf) &
done
# Whoever stops this script stops the servers; it ends with the last of them.
trap 'kill -s TERM 0' TERM INT
wait
