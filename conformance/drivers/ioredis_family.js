// ioredis, and what descends from it with the same face.
'use strict';

const {Unimplemented, load, message, run, tlsOf} = require('./protocol.js');

module.exports = function driver(name) {
    const {Cluster, version} = load(name);
    let client;
    let configured;

    const scripts = new Map();
    const subscribers = new Map();  // one for each kind of channel

    function make({nodes, options}, more = {}) {
        if (options.protocol === 3) throw new Unimplemented('RESP3');
        const timeout = options.call_timeout_ms ?? 5000;
        const redisOptions = {commandTimeout: timeout, connectTimeout: options.connect_timeout_ms ?? 2000};
        if (options.attempt_timeout_ms !== undefined) redisOptions.socketTimeout = options.attempt_timeout_ms;
        if (options.username) redisOptions.username = options.username;
        if (options.password) redisOptions.password = options.password;
        if (options.tls) redisOptions.tls = tlsOf(options);
        const cluster = new Cluster(nodes, {
            lazyConnect: true,
            redisOptions,
            ...more,
            ...(options.read_from_replicas && {scaleReads: 'all'}),
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

    async function subscriberOf(kind) {
        if (!subscribers.has(kind)) {
            const subscriber = make(configured, kind === 'shard' ? {shardedSubscribers: true} : {});
            subscriber.on('message', message);
            subscriber.on('smessage', message);
            subscriber.on('pmessage', (_, channel, text) => message(channel, text));
            await subscriber.connect();
            subscribers.set(kind, subscriber);
        }
        return subscribers.get(kind);
    }
    const prefix = {channel: '', pattern: 'p', shard: 's'};

    const capabilities = [
        'pipeline', 'transaction', 'watch', 'run_script', 'subscribe', 'ssubscribe', 'unsubscribe', 'sunsubscribe',
        'refresh_period', 'read_from_replicas', 'protocol', 'credentials', 'tls', 'client_certificate',
    ];
    run({name, version, capabilities}, {
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
        watch: ({keys}) => client.watch(...keys),
        run_script({source, keys, arguments: words}) {
            if (!scripts.has(source)) {
                scripts.set(source, `script${scripts.size}`);
                client.defineCommand(scripts.get(source), {numberOfKeys: keys.length, lua: source});
            }
            return client[scripts.get(source)](...keys, ...words);
        },
        subscribe: async ({channels, kind}) => (await subscriberOf(kind))[`${prefix[kind]}subscribe`](...channels),
        unsubscribe: async ({channels, kind}) => (await subscriberOf(kind))[`${prefix[kind]}unsubscribe`](...channels),
        async close() {
            for (const one of [client, ...subscribers.values()]) if (one) one.disconnect();
        },
    });
};
