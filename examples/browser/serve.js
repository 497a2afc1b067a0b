// serve.js - serve a directory with the two headers that shared memory wants
//
//     node serve.js [DIRECTORY [PORT]]       this one, at 8080
//
// Port 0 takes any that is free. Prints the address.
const fs = require('fs'), http = require('http'), path = require('path');

const root = path.resolve(process.argv[2] || __dirname);
const types = {
    '.html': 'text/html; charset=utf-8', '.css': 'text/css',
    '.js': 'text/javascript', '.wasm': 'application/wasm',
};

const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = path.join(root, name.endsWith('/') ? name + 'index.html' : name);

    fs.readFile(file, (error, bytes) => {
        response.writeHead(error ? 404 : 200, {
            'Content-Type': types[path.extname(file)] || 'text/plain',
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
            'Cache-Control': 'no-store',
        });
        response.end(error ? 'not found' : bytes);
    });
});

server.listen(process.argv[3] || 8080, '127.0.0.1', () =>
    console.log(`http://localhost:${server.address().port}/`));
