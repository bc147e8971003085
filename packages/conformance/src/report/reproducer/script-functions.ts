/** What every reproducer script begins with: a scratch directory, the clean-up, and the captures. */
export const scriptFunctions = String.raw`dir=$(mktemp -d)
made=
clean_up() {
  for path in $made; do
    if [ -n "${"${path##*/}"}" ]; then curl -s -o /dev/null -X DELETE -H "OPEN-SANDBOX-API-KEY: ${"${key-}"}" "$lifecycle$path"; fi
  done
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
# show NUMBER TITLE prints an answer, as far as it has come.
show() {
  echo "=== $1 $2"
  cat "$dir/$1.head" "$dir/$1.body" 2>/dev/null
  echo
}
# field NUMBER KEY gives a member of a JSON answer.
field() { grep -o "\"$2\" *: *\"\{0,1\}[^\",}]*" "$dir/$1.body" | sed -n '1s/^"[^"]*" *: *"\{0,1\}//p'; }
# header NUMBER NAME gives the value of a header.
header() { grep -i "^$2:" "$dir/$1.head" | sed -n '1s/^[^:]*: *\(.*[^[:space:]]\).*/\1/p'; }
# init NUMBER gives the id in the first frame of a stream, as soon as it is there.
init() {
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if grep -q '"init"' "$dir/$1.body" 2>/dev/null; then break; fi
    sleep 0.3
  done
  grep '"init"' "$dir/$1.body" | sed -n '1s/.*"text" *: *"\([^"]*\)".*/\1/p'
}
`;
