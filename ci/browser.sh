# A browser and what drives it: those on PATH, else Debian's.
# Sourced; sets BROWSER and BROWSER_DRIVER.

first_of() { # first_of PROGRAM...: the path of the first that is there.
  local program
  for program in "$@"; do command -v "$program" && return; done
  return 1
}

find_browser() {
  BROWSER=$(first_of chromium google-chrome google-chrome-stable chromium-browser) && BROWSER_DRIVER=$(first_of chromedriver)
}

find_browser || { debian chromium chromium-driver && find_browser; }
