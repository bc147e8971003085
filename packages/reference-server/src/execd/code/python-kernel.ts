/**
 * The Python kernel: reads one JSON request per line on descriptor 3 and answers there.
 *
 * Code runs in `__main__`, with `await` at its top level; the value of a last expression is the result, with the
 * representations that the object itself offers. SIGINT raises KeyboardInterrupt in running code and does nothing
 * otherwise.
 */
export const PYTHON_KERNEL = String.raw`
import ast, asyncio, base64, builtins, inspect, json, linecache, os, signal, sys, traceback, types

def serve():
    os.set_inheritable(3, False)
    requests = os.fdopen(os.dup(3), "r", encoding="utf-8")
    replies = os.fdopen(3, "w", encoding="utf-8")
    marks = (os.dup(1), os.dup(2))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    sys.argv = [""]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    count = 0
    ignore = lambda signum, frame: None
    signal.signal(signal.SIGINT, ignore)

    def evaluate(tree, name, mode):
        code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if not code.co_flags & inspect.CO_COROUTINE:
            return eval(code, main.__dict__)
        task = loop.create_task(eval(code, main.__dict__))
        try:
            return loop.run_until_complete(task)
        except BaseException:
            task.cancel()
            raise

    def execute(source, name):
        tree = ast.parse(source, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        evaluate(tree, name, "exec")
        return None if last is None else evaluate(ast.Expression(last.value), name, "eval")

    def represent(value):
        bundle = {"text": repr(value)}
        if isinstance(value, type):
            return bundle
        for method, mime in (("html", "text/html"), ("markdown", "text/markdown"), ("latex", "text/latex"), ("svg", "image/svg+xml"),
                             ("json", "application/json"), ("png", "image/png"), ("jpeg", "image/jpeg")):
            maker = getattr(value, "_repr_" + method + "_", None)
            data = maker() if callable(maker) else None
            if isinstance(data, bytes):
                data = base64.b64encode(data).decode("ascii")
            if data is not None:
                bundle[mime] = data
        json.dumps(bundle)
        return bundle

    def describe(error, name):
        # Frames of this kernel are private.
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        lines = traceback.format_exception(type(error), error, trace)
        return {"ename": type(error).__name__, "evalue": str(error), "traceback": [line.rstrip("\n") for line in lines]}

    def answer(reply):
        replies.write(json.dumps(reply) + "\n")
        replies.flush()

    answer({"ready": True})
    for line in requests:
        request = json.loads(line)
        count += 1
        name = "<cell %d>" % count
        source = request["code"]
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        reply = {"id": request["id"]}
        try:
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                answer({"id": request["id"], "started": True})
                value = execute(source, name)
                if value is not None:
                    builtins._ = value
                    reply["result"] = represent(value)
            finally:
                signal.signal(signal.SIGINT, ignore)
        except BaseException as error:
            reply["error"] = describe(error, name)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        for mark in marks:
            os.write(mark, b"\0" + request["id"].encode("ascii") + b"\0")
        answer(reply)

serve()
`;
