#!/bin/sh
# Prints the folder of cfn-lint (for the template) and moto (AWS on loopback), installed at the first call.
set -eu

exec "$(dirname "$0")/install-from-pypi.sh" python 'cfn-lint==1.58.0' 'moto[server,cloudformation]==5.2.5'
