#!/bin/sh
# Runs a script with the first Python that is new enough and can make a virtual environment.
#   sh tools/python.sh SCRIPT [ARGUMENT …]        PYTHON=/path/to/python overrides the search

found=
# The last two: a PATH may lead to a stand-in that itself needs more than is there.
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python ${USUAL_PLACES-/usr/local/bin/python3 /usr/bin/python3}}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    found=${found:-$candidate}
    if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
      exec "$candidate" "$@"
    fi
  fi
done

if [ -n "$found" ]; then
  version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "$found has no venv module: install it (Debian: apt-get install python$version-venv) and run make again." >&2
elif [ -n "$PYTHON" ]; then
  echo "PYTHON=$PYTHON is not a Python 3.11 or newer: name another one." >&2
else
  echo "Lumbung needs Python 3.11 or newer: install it (Debian: apt-get install python3 python3-venv) or name it with PYTHON=/path/to/python3." >&2
fi
exit 1
