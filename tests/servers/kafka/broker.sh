#!/bin/sh
# Runs one Kafka broker (KRaft, alone or one of a cluster) in the foreground, and prepares its directory the first time. The
# same script runs on this machine (jars from Maven) and inside the apache/kafka image, so both are the same broker.
#
#   WORK               directory for everything it writes; started again there, it has the same data
#   CLASS_PATH         its jars
#   SERVER_PROPERTIES  the text of server.properties; paths in it are relative to WORK
#   KEY_PASSWORD       of the key store that is made for the TLS listener; ca.pem is what a client trusts
#   SCRAM_CREDENTIAL   [name=...,password=...] of the one SCRAM user
#   HEAP               of Java, such as 512m
#   NODE_ID            its number among the brokers of its cluster
#   TEMPLATE           directory of what is the same for all brokers (template.ts); empty where each is to make it anew
#   ARCHIVE            file that the classes it loads are written to when it ends; empty for none
set -eu
# Compiled fast rather than well: what is started for a test lives for seconds, of which that took half.
fast='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'
cluster=winnow-tests-kafka-00A
# Classes read, checked and laid out once for all starts: without, that is half of one.
if [ -n "${TEMPLATE:-}" ]; then
  fast="$fast -XX:SharedArchiveFile=$TEMPLATE/classes.jsa -Xlog:cds=off -Xlog:cds+dynamic=off"
elif [ -n "${ARCHIVE:-}" ]; then
  archive="-XX:ArchiveClassesAtExit=$ARCHIVE"
fi
mkdir -p "$WORK"
cd "$WORK"

if [ ! -e prepared ]; then
  printf '%s\n' "$SERVER_PROPERTIES" >server.properties
  cat >log4j2.properties <<'END'
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n
END
  if [ -n "${TEMPLATE:-}" ]; then
    cp "$TEMPLATE/keystore.p12" "$TEMPLATE/ca.pem" .
    mkdir data
    cp "$TEMPLATE/bootstrap.checkpoint" data
    # What Kafka's own tool writes for it, which takes as long as all else of a start.
    printf 'version=1\ncluster.id=%s\nnode.id=%s\ndirectory.id=%s\n' "$cluster" "$NODE_ID" \
      "$(head -c 16 /dev/urandom | base64 | tr '+/' 'AA' | cut -c 1-22)" >data/meta.properties
  else
    keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -genkeypair -alias broker -keystore keystore.p12 -storetype PKCS12 -storepass "$KEY_PASSWORD" \
      -keyalg EC -groupname secp256r1 -validity 3650 -dname CN=localhost -ext SAN=dns:localhost,ip:127.0.0.1 -ext bc:c=ca:true
    keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -exportcert -rfc -alias broker -keystore keystore.p12 -storepass "$KEY_PASSWORD" >ca.pem
    java $fast -cp "$CLASS_PATH" kafka.tools.StorageTool format --cluster-id "$cluster" --config server.properties \
      --add-scram "SCRAM-SHA-256=$SCRAM_CREDENTIAL" --add-scram "SCRAM-SHA-512=$SCRAM_CREDENTIAL" >format.log
  fi
  : >prepared
fi

exec java $fast ${archive:-} "-Xms$HEAP" "-Xmx$HEAP" -Dlog4j2.configurationFile=log4j2.properties -cp "$CLASS_PATH" kafka.Kafka server.properties
