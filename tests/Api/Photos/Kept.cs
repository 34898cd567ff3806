using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Removal;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>What is kept of pictures anywhere, and moving a photo in time, where a test cannot wait for days.</summary>
internal static class Kept
{
    /// <summary>Rows, keys and files of all photos.</summary>
    public static async Task<(long Photos, long Objects, long Digests, long Work, long Keys, int Files)> CountAsync(this TestRecords records) => (
        await records.ScalarAsync<long>("select count(*) from photos"),
        await records.ScalarAsync<long>("select count(*) from objects"),
        await records.ScalarAsync<long>("select count(*) from picture_digests"),
        await records.ScalarAsync<long>("select count(*) from work"),
        await KeysAsync(records),
        FilesOf(records, ""));

    /// <summary>Files of the store whose path holds the text, e.g. a photo's id.</summary>
    public static int FilesOf(TestRecords records, string part)
    {
        var folder = Path.Combine(records.Settings.Data, "blobs");
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Count(file => file[folder.Length..].Contains(part, StringComparison.Ordinal))
            : 0;
    }

    /// <summary>Runs it and sees that nothing of a picture was kept.</summary>
    public static async Task<Reply> NothingIsKeptAsync(this TestApi api, Func<Task<Reply>> refused)
    {
        var before = await api.Records.CountAsync();
        var reply = await refused();
        Assert.Equal(before, await api.Records.CountAsync());
        return reply;
    }

    /// <summary>A statement straight on the database.</summary>
    /// <returns>Rows changed.</returns>
    public static async Task<int> ExecuteAsync(this TestRecords records, string sql, params object[] parameters)
    {
        await using var command = records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Carries out the photo's order on our own store, as a worker would.</summary>
    /// <exception cref="Exception">What it failed with.</exception>
    public static async Task<RemovalOutcome> CarryOutAsync(this TestRecords records, Guid photo)
    {
        var order = await records.ScalarAsync<Guid>(
            "select id from removals where photo_id = $1 and place = 'store' and cancelled_at is null", photo);
        var end = (await records.RunAsync<RemovalRun, IReadOnlyDictionary<Guid, RemovalEnd>>(run => run.CarryOutAsync([order], CancellationToken.None)))[order];
        return end.Error is null ? end.Outcome : throw end.Error;
    }

    /// <summary>Opens what now follows from the records, as the sweep does.</summary>
    /// <returns>Photos that will be destroyed.</returns>
    public static Task<int> FollowAsync(this TestSchool school, Guid photo) => school.Api.Records.RunAsync<Removals, int>(removals =>
        removals.FollowAsync(Act.OfSystem(school.Id), [photo], CancellationToken.None));

    private static async Task<long> KeysAsync(TestRecords records)
    {
        await using var command = records.Services.GetRequiredKeyedService<NpgsqlDataSource>("keys").CreateCommand("select count(*) from photo_keys");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
