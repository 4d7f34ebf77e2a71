#!/bin/sh
# Sets up all that Kho needs: Debian packages, the Python environment in .venv, the Java artefacts in lib/.
# Each part leaves a stamp (a digest of the lists it was made from), so that a second run finds nothing to do.
# `setup.sh all` also builds what only `make test-all` uses.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
lists=$checkout/repository/setup
venv=$checkout/.venv
lib=${KHO_LIB:-$checkout/lib}
copy_dependencies=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
rocfl_version=1.7.0
versitygw_version=v1.8.0

say() { printf 'kho setup: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

digest_of() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

stamped() { # FILE DIGEST: whether the stamp FILE holds DIGEST
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# --- Debian packages ---

packages_in() { grep -v '^#' "$1"; }

missing_packages() { # LIST: those of its packages that are not installed
    for package in $(packages_in "$1"); do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

no_default_cluster() { # Kho makes its own cluster: a first PostgreSQL need not start one for everybody
    [ -d /usr/share/postgresql-common ] && return
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/kho.conf
}

install_packages() { # PACKAGES
    no_default_cluster
    say "installing $1"
    apt-get update -q -o DPkg::Lock::Timeout=300 >&2
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends $1 >&2
}

debian_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian; these packages' programs are needed: $(packages_in "$lists/debian.txt" | tr '\n' ' ')"
        return
    fi
    needed=$(missing_packages "$lists/debian.txt")
    for_tests=$(missing_packages "$lists/debian-tests.txt")
    if [ -z "$needed$for_tests" ]; then
        return
    elif [ "$(id -u)" = 0 ]; then
        install_packages "$needed$for_tests"
    elif [ -n "$needed" ]; then
        fail "these Debian packages are missing; as root: apt-get install --no-install-recommends $needed$for_tests"
    else
        say "some tests are skipped until root installs: apt-get install --no-install-recommends $for_tests"
    fi
}

# --- Python ---

find_python() {
    for python in python3.11 python3 python3.12 python3.13; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    fail "Python 3.11 or newer with venv is needed (Debian: python3-venv)"
}

python_environment() {
    wanted=$(digest_of "$lists/build.txt" "$checkout/requirements-dev.txt" "$checkout/pyproject.toml")-$checkout
    stamped "$venv/kho-setup.stamp" "$wanted" && return
    # An environment that does not work, or was made elsewhere (its programs name the folder), is made anew.
    if ! "$venv/bin/python" -c '' 2>/dev/null || ! grep -qF "$venv" "$venv/bin/activate"; then
        rm -rf "$venv"
        "$(find_python)" -m venv "$venv"
    fi
    say "installing the pinned Python packages"
    # The few packages without a wheel, and Kho, are built with pinned tools: a build fetches nothing else.
    for list in "$lists/build.txt" "$checkout/requirements-dev.txt"; do
        "$venv/bin/python" -m pip install -q --require-hashes --no-build-isolation -r "$list" >&2
    done
    "$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation -e "$checkout" >&2
    printf %s "$wanted" >"$venv/kho-setup.stamp"
}

compiled_code() { # each command would compile what it loads anew where Python may not write beside the code
    (cd "$checkout" && "$venv/bin/python" -m compileall -q standards fixity repository preservation ingest access)
}

# --- Java ---

java_artefacts() { # NAME: what repository/setup/maven/NAME.pom.xml lists, as NAME.sha256 has it
    wanted=$(digest_of "$lists/maven/$1.pom.xml" "$lists/maven/$1.sha256")
    stamped "$lib/$1/kho-setup.stamp" "$wanted" && return
    say "fetching the Java artefacts of $1"
    new=$(mktemp -d "$lib/.$1.XXXXXX")
    mvn -q -B -Dstyle.color=never -f "$lists/maven/$1.pom.xml" "$copy_dependencies" -DincludeScope=runtime "-DoutputDirectory=$new" >&2
    (cd "$new" && sha256sum --quiet -c "$lists/maven/$1.sha256") >&2 ||
        fail "the artefacts of $1 are not the expected ones; they stay in $new"
    [ "$(ls "$new" | wc -l)" = "$(wc -l <"$lists/maven/$1.sha256")" ] || fail "unexpected artefacts in $new"
    printf %s "$wanted" >"$new/kho-setup.stamp"
    chmod 755 "$new"
    rm -rf "${lib:?}/$1"
    mv "$new" "$lib/$1"
}

# --- rocfl, a stranger's judge of OCFL, for `make test-all` ---

rocfl() {
    stamped "$lib/rocfl/kho-setup.stamp" "$rocfl_version" && return
    if ! command -v cargo >/dev/null; then
        say "cargo is not installed: the tests that ask rocfl are skipped"
        return
    fi
    say "building rocfl $rocfl_version"
    cargo install -q --locked --no-default-features --root "$lib/rocfl" --version "$rocfl_version" rocfl >&2
    printf %s "$rocfl_version" >"$lib/rocfl/kho-setup.stamp"
}

# --- versitygw, a real S3 service over a folder, for the tests of the store in a bucket ---

versitygw() {
    stamped "$lib/versitygw/kho-setup.stamp" "$versitygw_version" && return
    if ! command -v go >/dev/null; then
        say "go is not installed: the tests that need an S3 service are skipped"
        return
    fi
    say "building versitygw $versitygw_version"
    mkdir -p "$lib/versitygw/bin"
    if GOBIN="$lib/versitygw/bin" GOFLAGS=-trimpath go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version" >&2; then
        printf %s "$versitygw_version" >"$lib/versitygw/kho-setup.stamp"
    else
        say "versitygw could not be built: the tests that need an S3 service are skipped"
    fi
}

# --- the parts, in order; two set-ups at once wait for each other ---

debian_packages
mkdir -p "$lib"
exec 9>"$lib/.setup.lock"
flock 9
python_environment
compiled_code
for name in solr verapdf commons-ip; do
    java_artefacts "$name"
done
if [ "${1:-}" = all ]; then
    rocfl
    java_artefacts keycloak
fi
if [ "${1:-}" = all ] || [ "${1:-}" = tests ]; then
    versitygw
fi
