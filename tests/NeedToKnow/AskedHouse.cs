using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>The api with a school that is asked for everything. As a class fixture.</summary>
public sealed class AskedHouse : IAsyncLifetime
{
    private readonly TestApi api = new();

    public AskedSchool School { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        School = await AskedSchool.MakeAsync(api);
    }

    public Task DisposeAsync() => api.DisposeAsync();
}
