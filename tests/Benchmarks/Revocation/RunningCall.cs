using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PhotoGuard.Benchmarks.Revocation;

/// <summary>A request on a connection of its own that is under way: a picture that is sent, or read, a little at a time.</summary>
public sealed class RunningCall : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient client = new() { ReceiveBufferSize = 4096 };
    private readonly byte[] body;

    private RunningCall(byte[] body) => this.body = body;

    /// <summary>Begins to send: the head and half of the body.</summary>
    public static async Task<RunningCall> SendAsync(Uri url, byte[] body, params string[] headers)
    {
        var call = new RunningCall(body);
        await call.BeginAsync("POST", url, [.. headers, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}")]);
        await call.client.GetStream().WriteAsync(body.AsMemory(0, body.Length / 2));
        return call;
    }

    /// <summary>Begins to read, to beyond the head of an answer that is a picture.</summary>
    public static async Task<RunningCall> ReadAsync(Uri url, params string[] headers)
    {
        var call = new RunningCall([]);
        await call.BeginAsync("GET", url, headers);
        var start = new byte[4096];
        await call.client.GetStream().ReadExactlyAsync(start);
        var head = Encoding.ASCII.GetString(start);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException($"It is not read: {head[..Math.Min(400, head.Length)]}");
        return call;
    }

    /// <summary>Goes on, a byte at a time, until it is refused.</summary>
    /// <param name="rest">Completes when all that is left is to be sent at once; null never to.</param>
    /// <returns>When it was refused, or cut off; and whether the answer said that it was taken.</returns>
    public async Task<(long At, bool Taken)> UntilRefusedAsync(Task? rest)
    {
        var answer = AnswerAsync();
        var at = body.Length / 2;
        while (!answer.IsCompleted)
        {
            var count = rest?.IsCompleted == true ? body.Length - at : Math.Min(1, body.Length - at - 1);
            if (count > 0)
            {
                try
                {
                    await client.GetStream().WriteAsync(body.AsMemory(at, count));
                }
                catch (IOException)
                {
                    // It is cut off; the answer says when.
                }
                at += count;
            }
            await Task.WhenAny(answer, Task.Delay(rest?.IsCompleted == false ? TimeSpan.FromMilliseconds(5) : Pace));
        }
        return await answer;
    }

    /// <summary>Reads a little at a time, until it is cut off.</summary>
    /// <returns>When that was, and whether it came to its end instead.</returns>
    public async Task<(long At, bool Whole)> UntilCutAsync(int length)
    {
        using var patience = new CancellationTokenSource(Patience);
        var (buffer, got) = (new byte[1024], 0);
        try
        {
            while (await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var read)
            {
                got += read;
                await Task.Delay(Pace, patience.Token);
            }
        }
        catch (IOException)
        {
            // Without a farewell.
        }
        return (Stopwatch.GetTimestamp(), got >= length);
    }

    public void Dispose() => client.Dispose();

    private async Task BeginAsync(string method, Uri url, string[] headers)
    {
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"));
    }

    private async Task<(long At, bool Taken)> AnswerAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var (buffer, got) = (new byte[4096], 0);
        try
        {
            got = await client.GetStream().ReadAtLeastAsync(buffer, "HTTP/1.1 200".Length, throwOnEndOfStream: false, patience.Token);
        }
        catch (IOException)
        {
            // Without a farewell.
        }
        return (Stopwatch.GetTimestamp(), Encoding.ASCII.GetString(buffer, 0, got).StartsWith("HTTP/1.1 2", StringComparison.Ordinal));
    }
}
