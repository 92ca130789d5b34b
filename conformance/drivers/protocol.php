<?php
// The drivers' side of the line protocol (README.md beside this file), for drivers in PHP: one operation at a time.

/// What the client has no such thing of.
class Unimplemented extends Exception
{
}

/// Until stdin ends. `$operations`: what to call, by name, with the request.
function run(array $hello, array $operations): void
{
    $operations += ['hello' => fn() => null, 'ping' => fn() => 'PONG'];
    while (($line = fgets(STDIN)) !== false) {
        $request = json_decode($line, true);
        $answer = ['id' => $request['id']];
        if (!isset($operations[$request['op']])) {
            $answer['unimplemented'] = $request['op'];
        } else {
            try {
                $answer['value'] = $operations[$request['op']]($request);
            } catch (Unimplemented $missing) {
                $answer['unimplemented'] = $missing->getMessage();
            } catch (Throwable $error) {
                $answer['error'] = ['message' => get_class($error) . ': ' . $error->getMessage()];
            }
        }
        if ($request['op'] === 'hello') {
            $answer += ['protocol' => 1, 'concurrency' => 1] + $hello;
        }
        echo json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE), "\n";
    }
}
