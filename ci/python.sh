# The toolkit, editable, in the checkout's own environment. Sourced; afterwards raychart and pytest are on PATH.

venv=$root/.venv

make_venv() {
  rm -rf "$venv" "$venv.new"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check -e "$root[cluster,test]"
}

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  die "python: $(python3 --version 2>&1) found, 3.11 or newer is needed" "put a newer python3 first on PATH"
fi
python3 -c 'import ensurepip' 2>/dev/null || debian python3-venv
python3 -m pip --version >/dev/null 2>&1 || debian python3-pip
# Written last, so that an environment that was interrupted is made again.
made_of=$(hash "$root/pyproject.toml" "$root")
if [ "$(cat "$venv/made-of" 2>/dev/null)" != "$made_of" ]; then
  long python "installing the toolkit and its test tools into .venv" make_venv
  printf '%s' "$made_of" >"$venv/made-of"
fi
export PATH=$venv/bin:$PATH
