// ioredis, and what descends from it with the same face.
'use strict';

const {Unimplemented, load, message, run} = require('./protocol.js');

module.exports = function driver(name) {
    const {Cluster, version} = load(name);
    let client;
    let configured;

    function make({nodes, options}, more = {}) {
        const timeout = options.call_timeout_ms ?? 5000;
        const redisOptions = {commandTimeout: timeout, connectTimeout: options.connect_timeout_ms ?? 2000};
        if (options.attempt_timeout_ms !== undefined) redisOptions.socketTimeout = options.attempt_timeout_ms;
        const cluster = new Cluster(nodes, {
            lazyConnect: true,
            redisOptions,
            ...more,
            ...(options.refresh_period_ms !== undefined && {slotsRefreshInterval: options.refresh_period_ms}),
            ...(options.redirects_max !== undefined && {maxRedirections: options.redirects_max}),
        });
        cluster.on('error', (error) => console.error(`${name}: ${error.message}`));
        cluster.on('node error', (error, node) => console.error(`${name}: ${node}: ${error.message}`));
        return cluster;
    }

    const batch = async (queue, commands) => {
        for (const [command, ...words] of commands) queue.call(command.toLowerCase(), ...words);
        const replies = await queue.exec();
        return replies && replies.map(([error, value]) => error || value);
    };

    run({name, version, capabilities: ['pipeline', 'transaction', 'subscribe', 'refresh_period']}, {
        async connect(request) {
            if (client) client.disconnect();
            configured = request;
            client = make(request);
            await client.connect();
        },
        // In lower case, as the methods have it: iovalkey finds the key of no other.
        call: ({command: [command, ...words]}) => client.call(command.toLowerCase(), ...words),
        pipeline: ({commands}) => batch(client.pipeline(), commands),
        transaction: ({commands}) => batch(client.multi(), commands),
        async subscribe({channels, kind}) {
            const subscriber = make(configured, kind === 'shard' ? {shardedSubscribers: true} : {});
            subscriber.on('message', message);
            subscriber.on('smessage', message);
            subscriber.on('pmessage', (_, channel, text) => message(channel, text));
            await subscriber.connect();
            const how = {channel: 'subscribe', pattern: 'psubscribe', shard: 'ssubscribe'}[kind];
            if (how === undefined) throw new Unimplemented(kind);
            await subscriber[how](...channels);
        },
        close: async () => client && client.disconnect(),
    });
};
