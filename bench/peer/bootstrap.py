"""A Lambda runtime in a few lines, for machines without AWS's own: it imports the handler, then asks for work for ever.

AWS's client (awslambdaric) also loads a C extension, so this one starts a little sooner: the peer is not held back by it.
"""

import http.client
import importlib
import json
import os
import sys
import traceback

PREFIX = "/2018-06-01/runtime/invocation/"


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]


def main():
    module, function = os.environ["_HANDLER"].rsplit(".", 1)
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    handler = getattr(importlib.import_module(module), function)
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        runtime.request("GET", PREFIX + "next")
        response = runtime.getresponse()
        event = json.loads(response.read())
        context = Context(response.headers)
        try:
            path, body = "response", json.dumps(handler(event, context))
        except Exception as error:
            traceback.print_exc()
            path, body = "error", json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)})
        runtime.request("POST", PREFIX + context.aws_request_id + "/" + path, body)
        runtime.getresponse().read()
        sys.stdout.flush()


main()
