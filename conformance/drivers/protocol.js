// The drivers' side of the line protocol (README.md beside this file), for drivers in Node.js.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');

/// What the client has no such thing of.
class Unimplemented extends Error {}

function say(line) {
    process.stdout.write(JSON.stringify(line) + '\n');
}

/// A package of scripts/setup --peers, or of wherever NODE_PATH leads.
function load(name) {
    const peers = path.join(__dirname, '..', '..', 'build', 'peers', 'node_modules');
    try {
        const found = require.resolve(name, {paths: [peers, ...(process.env.NODE_PATH || '').split(':')]});
        return {...require(found), version: versionOf(found, name)};
    } catch (error) {
        console.error(`${name} is not installed (scripts/setup --peers): ${error.message}`);
        process.exit(3);
    }
}

function versionOf(file, name) {
    const root = file.slice(0, file.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}/`;
    return require(root + 'package.json').version;
}

/// A reply as JSON has it.
function plain(value) {
    if (value === undefined) return null;
    if (value instanceof Error) return {error: {message: value.message}};
    if (Buffer.isBuffer(value)) return value.toString();
    if (value instanceof Map || value instanceof Set) return [...value].flat().map(plain);
    if (Array.isArray(value)) return value.map(plain);
    if (value !== null && typeof value === 'object') return Object.entries(value).flat().map(plain);
    return value;
}

/// What Node.js's tls.connect() takes.
function tlsOf({tls}) {
    const read = (file) => file && fs.readFileSync(file);
    return tls && {ca: read(tls.ca_file), cert: read(tls.certificate_file), key: read(tls.key_file)};
}

function message(channel, text) {
    say({event: 'message', channel: String(channel), message: String(text)});
}

async function answer(request, operations) {
    const id = request.id;
    const operation = operations[request.op];
    if (operation === undefined) {
        say({id, unimplemented: request.op});
        return;
    }
    try {
        say({id, value: plain(await operation(request))});
    } catch (error) {
        say(error instanceof Unimplemented ? {id, unimplemented: error.message}
                                           : {id, error: {message: `${error.name}: ${error.message}`}});
    }
}

// What a client leaves to chance turns out the same in every run.
let state = 1;
Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
};

/// Until stdin ends. `operations`: async functions of the request, by name.
function run(hello, operations) {
    // A client's error outside any call is a line on stderr, and not the end of the driver.
    process.on('uncaughtException', (error) => console.error(`uncaught: ${error}`));
    process.on('unhandledRejection', (error) => console.error(`unhandled: ${error}`));
    readline.createInterface({input: process.stdin}).on('line', (line) => {
        const request = JSON.parse(line);
        if (request.op === 'hello') {
            say({id: request.id, protocol: 1, concurrency: 100000, ...hello});
        } else if (request.op === 'ping') {
            say({id: request.id, value: 'PONG'});
        } else {
            answer(request, operations);
        }
    }).on('close', () => process.exit(0));
}

module.exports = {Unimplemented, load, message, run, tlsOf};
