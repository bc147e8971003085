/**
 * A command that listens on a port with whatever the sandbox has, and answers each request with 203 and
 * `<nonce> <target> <body>`; exits with 69 when there is nothing that can listen. It waits for a port that is taken:
 * sandboxes may share their host's network.
 */
export function listeningCommand(port: number, nonce: string): string {
  const python = [
    "import http.server,time",
    "class H(http.server.BaseHTTPRequestHandler):",
    "  def do_POST(s):",
    '    b=s.rfile.read(int(s.headers.get("content-length","0")))',
    `    o=("${nonce} "+s.path+" ").encode()+b`,
    '    s.send_response(203); s.send_header("content-length",str(len(o))); s.end_headers(); s.wfile.write(o)',
    "  def log_message(s,*a): pass",
    "while True:",
    `  try: http.server.HTTPServer(("127.0.0.1",${port}),H).serve_forever()`,
    "  except OSError: time.sleep(0.1)",
  ].join("\n");
  const perl = [
    `select(undef,undef,undef,0.1) until $s=IO::Socket::INET->new(LocalAddr=>"127.0.0.1",LocalPort=>${port},Listen=>5,ReuseAddr=>1);`,
    "while($c=$s->accept){($m,$p)=split / /,<$c>;$n=0;while(<$c>){last if /^\\r?\\n$/;$n=$1 if /^content-length: *(\\d+)/i}",
    `$b="";read($c,$b,$n) if $n;$o="${nonce} $p $b";print $c "HTTP/1.1 203 OK\\r\\ncontent-length: ".length($o)."\\r\\nconnection: close\\r\\n\\r\\n$o";close $c}`,
  ].join("");
  const node = [
    `s=require("http").createServer((q,r)=>{let b="";q.on("data",(c)=>{b+=c}).on("end",()=>{r.writeHead(203).end("${nonce} "+q.url+" "+b)})})`,
    `s.on("error",()=>setTimeout(l,100));(l=()=>s.listen(${port},"127.0.0.1"))()`,
  ].join(";");
  return [
    `if python3 -V >/dev/null 2>&1; then exec python3 -c '${python}'; fi`,
    `if perl -MIO::Socket::INET -e 1 >/dev/null 2>&1; then exec perl -MIO::Socket::INET -e '${perl}'; fi`,
    `if node -v >/dev/null 2>&1; then exec node -e '${node}'; fi`,
    "exit 69",
  ].join("\n");
}
