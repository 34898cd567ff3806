using Npgsql;

namespace PhotoGuard.Tests.Postgres;

public sealed class TestClusterTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_the_server_was_killed()
    {
        await using var cluster = await TestCluster.StartAsync();
        var database = await cluster.CreateDatabaseAsync();
        await RunAsync(database, "create table kept (what text); insert into kept values ('this')");
        cluster.KillPostmaster();
        await cluster.RestartAsync();
        Assert.Equal("this", await RunAsync(database, "select what from kept"));
    }

    [Fact]
    public async Task A_copy_of_a_database_holds_the_same_and_is_its_own()
    {
        var cluster = await TestCluster.SharedAsync();
        var first = await cluster.CreateDatabaseAsync();
        await RunAsync(first, "create table kept (what text); insert into kept values ('this')");
        var second = await cluster.CreateDatabaseAsync(new NpgsqlConnectionStringBuilder(first).Database);
        await RunAsync(second, "update kept set what = 'other'");
        Assert.Equal("this", await RunAsync(first, "select what from kept"));
    }

    [Fact]
    public async Task It_promises_what_production_promises()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal("on", await RunAsync(cluster.Superuser, "show fsync"));
        Assert.Equal("on", await RunAsync(cluster.Superuser, "show synchronous_commit"));
        Assert.Equal("on", await RunAsync(cluster.Superuser, "show data_checksums"));
        Assert.Equal("scram-sha-256", await RunAsync(cluster.Superuser, "show password_encryption"));
        Assert.Equal("", await RunAsync(cluster.Superuser, "show listen_addresses"));
    }

    private static async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
