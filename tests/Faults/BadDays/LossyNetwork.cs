using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>A network between a program and its database that can lose every packet, and tells neither side.</summary>
internal sealed class LossyNetwork : IAsyncDisposable
{
    private readonly TcpListener door = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<Task> pumps = [];
    private readonly string socket;
    private readonly Task accepting;
    private int lostBefore;
    private int opened;
    private volatile bool deaf;

    private LossyNetwork(string socket)
    {
        this.socket = socket;
        door.Start();
        accepting = AcceptAsync();
    }

    public static LossyNetwork To(TestCluster cluster) => new($"{cluster.Socket}/.s.PGSQL.5432");

    /// <summary>The same database, by way of this network.</summary>
    public string Through(string database) => new NpgsqlConnectionStringBuilder(database)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)door.LocalEndpoint).Port,
    }.ConnectionString;

    /// <summary>From now on nothing arrives, on the connections there are and on new ones.</summary>
    public void Lose()
    {
        deaf = true;
        Volatile.Write(ref lostBefore, int.MaxValue);
    }

    /// <summary>New connections work; the old ones stay lost.</summary>
    public void Mend()
    {
        Volatile.Write(ref lostBefore, Volatile.Read(ref opened) + 1);
        deaf = false;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        door.Stop();
        await accepting;
        await Task.WhenAll(pumps);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            Socket near;
            try
            {
                near = await door.AcceptSocketAsync(end.Token);
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            pumps.Add(JoinAsync(near, Interlocked.Increment(ref opened)));
        }
    }

    private async Task JoinAsync(Socket near, int number)
    {
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (near)
        {
            try
            {
                await far.ConnectAsync(new UnixDomainSocketEndPoint(socket), end.Token);
                await Task.WhenAll(PumpAsync(near, far, number), PumpAsync(far, near, number));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException)
            {
                // One side has gone.
            }
        }
    }

    /// <summary>What is lost is taken, as a network does, and never arrives: not even that the other side has gone.</summary>
    private async Task PumpAsync(Socket from, Socket to, int number)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReceiveAsync(buffer, end.Token) is > 0 and var read)
            if (!IsLost(number)) await to.SendAsync(buffer.AsMemory(0, read), end.Token);
        if (!IsLost(number)) to.Shutdown(SocketShutdown.Send);
    }

    private bool IsLost(int number) => deaf || number < Volatile.Read(ref lostBefore);
}
