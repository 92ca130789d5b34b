<?php
// What the server had said, of what phpredis makes of it: false of a null and of an error, true of +OK and of :1.

// Commands that may be answered by null.
const NULLABLE = [
    'get', 'getset', 'set', 'hget', 'lpop', 'rpop', 'rpoplpush', 'brpoplpush', 'lindex', 'spop', 'srandmember', 'zscore',
    'zrank', 'blpop', 'brpop', 'bzpopmin', 'bzpopmax', 'xread', 'xreadgroup', 'eval', 'evalsha', 'object', 'randomkey',
    'geodist',
];

const TRUE_IS_ONE = ['expire', 'pexpire', 'persist', 'sismember', 'hexists'];
const EMPTY_IS_NULL = ['blpop', 'brpop', 'bzpopmin', 'bzpopmax'];

function is_one_of(array $commands, array $words): bool
{
    return in_array(strtolower($words[0]), $commands, true);
}

/// `$told`: getLastError().
function value_of(array $words, mixed $value, ?string $told): mixed
{
    if ($value === false && ($told !== null || !is_one_of(NULLABLE, $words))) {
        throw new RedisClusterException($told ?? 'false');
    }
    if ($value === false || ($value === [] && is_one_of(EMPTY_IS_NULL, $words))) {
        return null;
    }
    if ($value === true) {
        return is_one_of(TRUE_IS_ONE, $words) ? 1 : 'OK';
    }
    return plain($value);
}

/// The same within an answer to EXEC: there an error is false as well, and getLastError() may know nothing of it.
function value_within(array $words, mixed $value, ?string $told): mixed
{
    $is_error = $value === false && !is_one_of(NULLABLE, $words);
    return $is_error ? ['error' => ['message' => $told ?? 'false']] : plain([$value])[0];
}

function plain(mixed $value): mixed
{
    $one = fn($part) => $part === false ? null : ($part === true ? 'OK' : plain($part));
    return is_array($value) ? array_map($one, array_values($value)) : $value;
}
