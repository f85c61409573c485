"""Makes the calls that come as lines on standard input, and answers each with a line.

A line is {"service", "operation", "input"}; the answer is {"output"} or {"error", "message",
"status"}. Times are written as text, in UTC.
"""

import datetime
import json
import sys

import botocore.config
import botocore.exceptions
import botocore.session
from botocore import xform_name

endpoint, protocol = sys.argv[1:3]
session = botocore.session.Session()
session.set_credentials('anybody', 'anything')

# Where a service speaks several protocols, the one that the functions speak.
loader = session.get_component('data_loader')
load = loader.load_service_model


def load_with_protocol(service_name, type_name, api_version=None):
    model = load(service_name, type_name, api_version)
    if type_name == 'service-2' and protocol in model['metadata'].get('protocols', []):
        model['metadata']['protocols'] = [protocol]
        model['metadata']['protocol'] = protocol
    return model


loader.load_service_model = load_with_protocol
config = botocore.config.Config(retries={'total_max_attempts': 1})
clients = {}


def plain(value):
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc)
        return utc.strftime('%Y-%m-%dT%H:%M:%S.%fZ')
    raise TypeError(type(value))


for line in sys.stdin:
    call = json.loads(line)
    name = call['service']
    if name not in clients:
        clients[name] = session.create_client(
            name, region_name='eu-west-1', endpoint_url=endpoint, config=config)
    operation = getattr(clients[name], xform_name(call['operation']))
    try:
        output = operation(**call['input'])
        output.pop('ResponseMetadata')
        answer = {'output': output}
    except botocore.exceptions.ClientError as refused:
        answer = {
            # The class is the client's own only if its model knows the code.
            'error': type(refused).__name__,
            'message': refused.response['Error']['Message'],
            'status': refused.response['ResponseMetadata']['HTTPStatusCode'],
        }
    print(json.dumps(answer, default=plain), flush=True)
