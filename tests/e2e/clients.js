// tedious, a TDS client that shares no code with FreeTDS, against the sandbox. Arguments: port, encrypt (yes, no).
// The password comes on stdin. Prints one JSON object of what it saw; the test judges it.
const { Connection, Request, TYPES } = require('tedious');
const password = require('fs').readFileSync(0, 'utf8');
const [port, encrypt] = [Number(process.argv[2]), process.argv[3] === 'yes'];
const connection = new Connection({
  server: 'localhost',
  authentication: { type: 'default', options: { userName: 'sa', password } },
  options: { port, database: 'FIRMA', encrypt, trustServerCertificate: true, connectTimeout: 60000, requestTimeout: 60000 },
});

function ask(sql, parameters = [], how = 'execSql', started = () => {}) {
  return new Promise((resolve, reject) => {
    const rows = [];
    const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
    for (const [name, type, value, options] of parameters) request.addParameter(name, type, value, options);
    request.once('row', () => started(request));
    request.on('row', (row) => rows.push(row.map((cell) => cell.value)));
    connection[how](request);
  });
}
const refusal = (promise) => promise.then(() => 'nothing', (error) => error.number || error.code);
const transaction = (what) => new Promise((resolve, reject) => connection[what]((error) => (error ? reject(error) : resolve())));

async function work() {
  const seen = {};
  const text = "Zażółć gęślą jaźń '\";\n😀";
  seen.values = (await ask('SELECT @a AS a, @b AS b, @c AS c, @d AS d, @e AS e, @f AS f, @g AS g, @h AS h', [
    ['a', TYPES.Int, -5], ['b', TYPES.NVarChar, text], ['c', TYPES.Decimal, 12.5, { precision: 19, scale: 4 }],
    ['d', TYPES.DateTime2, new Date(Date.UTC(2026, 0, 31, 23, 59, 59))], ['e', TYPES.Bit, true],
    ['f', TYPES.VarBinary, Buffer.from('00ff', 'hex')], ['g', TYPES.NVarChar, null], ['h', TYPES.NVarChar, '']]))[0];
  seen.values[5] = seen.values[5].toString('hex');
  seen.same = seen.values[1] === text;
  seen.count = (await ask('SELECT COUNT(*) AS n FROM dbo.tw__Towar AS t', [], 'execSqlBatch'))[0][0];
  seen.rows = (await ask('SELECT t.tw_Id, t.tw_Symbol, t.tw_Nazwa FROM dbo.tw__Towar AS t ORDER BY t.tw_Id')).length;
  seen.missing = await refusal(ask('SELECT x.a FROM dbo.nic AS x'));
  await transaction('beginTransaction');
  await ask('UPDATE dbo.tw__Towar SET tw_Nazwa = @n WHERE tw_Id = @i', [['n', TYPES.NVarChar, 'zmiana'], ['i', TYPES.Int, 1]]);
  await transaction('rollbackTransaction');
  seen.undone = (await ask("SELECT COUNT(*) AS n FROM dbo.tw__Towar AS t WHERE t.tw_Nazwa = N'zmiana'"))[0][0];
  await ask('UPDATE dbo.tw__Towar SET tw_Nazwa = @n WHERE tw_Id = @i', [['n', TYPES.NVarChar, 'Źdźbło'], ['i', TYPES.Int, 1]]);
  // An attention while rows arrive; the connection works on.
  seen.cancelled = await refusal(ask('SELECT a.tw_Nazwa, b.tw_Nazwa FROM dbo.tw__Towar AS a CROSS JOIN dbo.tw__Towar AS b',
    [], 'execSql', () => connection.cancel()));
  seen.after = (await ask('SELECT 7 AS seven'))[0][0];
  return seen;
}

connection.connect((error) => {
  if (error) {
    console.log(JSON.stringify({ error: error.code + ': ' + error.message }));
    return;
  }
  work().then((seen) => console.log(JSON.stringify(seen)), (e) => console.log(JSON.stringify({ error: String(e) })))
    .finally(() => connection.close());
});
