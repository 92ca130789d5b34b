// ioredis and node-redis against a cluster: node node_clients.js FIRST_PORT. One line for each check.
const port = Number(process.argv[2]);
let failed = 0;

function check(what, held, detail = '') {
    console.log(`${held ? 'ok    ' : 'FAILED'} ${what}${detail === '' ? '' : ': ' + detail}`);
    failed += held ? 0 : 1;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const keys = Array.from({length: 200}, (_, i) => `js:${i}`);

async function checkIoredis() {
    const {Cluster} = require('ioredis');
    const redis = new Cluster([{host: '127.0.0.1', port}]);
    await Promise.all(keys.map((key, i) => redis.set(key, i)));
    const values = await Promise.all(keys.map((key) => redis.get(key)));
    check('ioredis: keys of all nodes', same(values, keys.map((_, i) => String(i))));
    const piped = await redis.pipeline().set('{p}a', 1).incr('{p}a').get('{p}a').exec();
    check('ioredis: a pipeline', same(piped, [[null, 'OK'], [null, 2], [null, '2']]), JSON.stringify(piped));
    const multi = await redis.multi().set('{p}b', 'x').get('{p}b').exec();
    check('ioredis: a transaction', same(multi.map((reply) => reply[1]), ['OK', 'x']));
    redis.defineCommand('addTo', {numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])"});
    check('ioredis: a script', (await redis.addTo('{p}n', 5)) === 5 && (await redis.addTo('{p}n', 2)) === 7);
    await redis.hset('hash', {f: 1, g: 'two'});
    check('ioredis: a hash', same(await redis.hgetall('hash'), {f: '1', g: 'two'}));
    const subscriber = new Cluster([{host: '127.0.0.1', port}]);
    const heard = new Promise((resolve) => subscriber.on('message', (channel, text) => resolve(`${channel} ${text}`)));
    await subscriber.subscribe('news');
    await redis.publish('news', 'hello');
    check('ioredis: publish and subscribe', (await heard) === 'news hello');
    const waits = subscriber.duplicate ? new Cluster([{host: '127.0.0.1', port}]) : redis;
    const popped = waits.blpop('queue', 5);
    await redis.rpush('queue', 'job');
    check('ioredis: blpop', same(await popped, ['queue', 'job']));
    const listed = await Promise.all(redis.nodes('master').map((node) => node.keys('js:*')));
    check('ioredis: every master', listed.flat().length === keys.length);
    for (const client of [redis, subscriber, waits]) client.disconnect();
}

async function checkNodeRedis() {
    const {createCluster} = require('redis');
    const redis = createCluster({rootNodes: [{url: `redis://127.0.0.1:${port}`}]});
    redis.on('error', (error) => check('node-redis: no error', false, error.message));
    await redis.connect();
    await Promise.all(keys.map((key, i) => redis.set(key, String(i))));
    const values = await Promise.all(keys.map((key) => redis.get(key)));
    check('node-redis: keys of all nodes', same(values, keys.map((_, i) => String(i))));
    const multi = await redis.multi().set('{q}a', '1').incr('{q}a').exec();
    check('node-redis: a transaction', same(multi, ['OK', 2]));
    await redis.hSet('hash2', {f: '1'});
    await redis.zAdd('scores', [{score: 1.5, value: 'ada'}]);
    check('node-redis: a hash and a sorted set',
          (await redis.hGet('hash2', 'f')) === '1' &&
          same(await redis.zRangeWithScores('scores', 0, -1), [{value: 'ada', score: 1.5}]));
    const sum = await redis.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", {keys: ['{q}n'], arguments: ['5']});
    check('node-redis: a script', sum === 5);
    const heard = new Promise((resolve) => redis.subscribe('news2', resolve).then(() => redis.publish('news2', 'hello')));
    check('node-redis: publish and subscribe', (await heard) === 'hello');
    await redis.sSubscribe('shard-news', () => {});
    check('node-redis: sharded publish', (await redis.sPublish('shard-news', 'x')) >= 0);
    await redis.disconnect();
}

async function main() {
    await checkIoredis();
    await checkNodeRedis();
    process.exit(failed ? 1 : 0);
}

setTimeout(() => { check('everything within 60 s', false); process.exit(1); }, 60_000);
main().catch((error) => { check('no exception', false, error.stack); process.exit(1); });
