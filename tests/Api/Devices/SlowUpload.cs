using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>An upload that has begun: its head and half of its body are sent, the rest when the test wants it.</summary>
public sealed class SlowUpload : IDisposable
{
    private readonly TcpClient client = new();
    private readonly byte[] body;

    private SlowUpload(byte[] body) => this.body = body;

    /// <param name="path">e.g. <c>/api/v1/photos?activity=…</c>.</param>
    /// <param name="headers">Each <c>Name: value</c>.</param>
    public static async Task<SlowUpload> BeginAsync(Uri address, string path, byte[] body, params string[] headers)
    {
        var upload = new SlowUpload(body);
        await upload.client.ConnectAsync(address.Host, address.Port);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: {body.Length}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");
        await upload.client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await upload.client.GetStream().WriteAsync(body.AsMemory(0, body.Length / 2));
        return upload;
    }

    /// <summary>Sends what is left of it; whoever has stopped listening is left alone.</summary>
    public async Task SendRestAsync()
    {
        try
        {
            await client.GetStream().WriteAsync(body.AsMemory(body.Length / 2));
        }
        catch (IOException)
        {
            // Refused before it was whole.
        }
    }

    /// <summary>The answer, which comes within half a minute; status 0 where the connection was closed without one.</summary>
    public async Task<(int Status, string Text)> AnswerAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new StringBuilder();
        var buffer = new byte[16_384];
        try
        {
            while (!IsWhole(answer.ToString()) && await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var read)
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Closed without a farewell.
        }
        var text = answer.ToString();
        return (text.Length == 0 ? 0 : int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture), text);
    }

    public void Dispose() => client.Dispose();

    /// <summary>By its Content-Length, or by its last chunk.</summary>
    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var length = answer[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null
            ? answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : Encoding.UTF8.GetByteCount(answer[(end + 4)..]) >= int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture);
    }
}
