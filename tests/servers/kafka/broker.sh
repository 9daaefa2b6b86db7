#!/bin/sh
# Runs one Kafka broker (KRaft, alone or one of a cluster) in the foreground, and prepares its directory the first time. The
# same script runs on this machine (jars from Maven) and inside the apache/kafka image, so both are the same broker.
#
#   WORK               directory for everything it writes; started again there, it has the same data
#   CLASS_PATH         its jars
#   SERVER_PROPERTIES  the text of server.properties; paths in it are relative to WORK
#   KEY_PASSWORD       of the key store that is made for the TLS listener; ca.pem is what a client trusts
#   SCRAM_CREDENTIAL   [name=...,password=...] of the one SCRAM user
#   QUORUM             --standalone for a broker that is its own controller; empty where the properties name the voters
#   HEAP               of Java, such as 512m
set -eu
# Compiled fast rather than well: what is started for a test lives for seconds, of which that took half.
fast='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'
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
  keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -genkeypair -alias broker -keystore keystore.p12 -storetype PKCS12 -storepass "$KEY_PASSWORD" \
    -keyalg EC -groupname secp256r1 -validity 30 -dname CN=localhost -ext SAN=dns:localhost,ip:127.0.0.1 -ext bc:c=ca:true
  keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -exportcert -rfc -alias broker -keystore keystore.p12 -storepass "$KEY_PASSWORD" >ca.pem
  java $fast -cp "$CLASS_PATH" kafka.tools.StorageTool format $QUORUM --cluster-id winnow-tests-kafka-00A \
    --config server.properties \
    --add-scram "SCRAM-SHA-256=$SCRAM_CREDENTIAL" --add-scram "SCRAM-SHA-512=$SCRAM_CREDENTIAL" >format.log
  : >prepared
fi

exec java $fast "-Xms$HEAP" "-Xmx$HEAP" -Dlog4j2.configurationFile=log4j2.properties -cp "$CLASS_PATH" kafka.Kafka server.properties
